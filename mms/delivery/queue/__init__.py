"""What is due, whose turn it is on a sender, and when a send is over."""
