// In the browser: draws the list anew when mail comes.

const list = document.getElementById("list");
if (list) {
  const news = new EventSource("/news");
  news.addEventListener("message", refresh);
  // Something may have come between the page and the connection, or between two.
  news.addEventListener("open", refresh);
}

async function refresh() {
  const response = await fetch(location.href);
  if (!response.ok || !list) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("list");
  if (!fresh || fresh.innerHTML === list.innerHTML) return;
  list.replaceChildren(...fresh.childNodes);
  document.title = page.title;
}
