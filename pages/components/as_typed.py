"""Text areas and numbers that store as one types: `text_input(live=True)` has no sibling for them in Streamlit 1.67."""

import streamlit as st

# A field hands its value over on Ctrl+Enter (Enter for a number), so a pause in typing presses it. The guard on
# `window` keeps one listener however often a page is drawn; fields in forms wait for their button.
_SCRIPT = """<script>
if (!window.mmsStoresAsTyped) {
  window.mmsStoresAsTyped = true;
  const fields = '[data-testid="stTextArea"] textarea, [data-testid="stNumberInput"] input';
  const waiting = new WeakMap();
  document.addEventListener('input', (event) => {
    const field = event.target;
    if (!field.matches(fields) || field.closest('[data-testid="stForm"]')) return;
    clearTimeout(waiting.get(field));
    if (event.isComposing) return;
    const isText = field.tagName === 'TEXTAREA';
    waiting.set(field, setTimeout(() => {
      if (document.activeElement !== field || !field.checkValidity()) return;
      field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: isText, bubbles: true}));
    }, isText ? 300 : 800));
  }, true);
}
</script>"""


def store_as_typed() -> None:
    """For pages with fields whose value must not wait until the field is left. The script is our own constant."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
