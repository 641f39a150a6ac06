// Passes a word of the server's on to the convolution explorer: data is { id, link }. So the explorer's own, large data
// need not be sent again.

const LAST = "cnnviz-convolution-command"; // in the tab's session storage: this is mounted again after a page switch

export default function ({ data: [command] }) {
  if (sessionStorage.getItem(LAST) === command.id) return;
  sessionStorage.setItem(LAST, command.id);
  window.dispatchEvent(new CustomEvent("cnn-convolution-command", { detail: command.link }));
}
