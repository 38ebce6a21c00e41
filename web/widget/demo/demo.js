// Puts the widget on the page as any site would, for the company that the address names.
(() => {
  const asked = new URLSearchParams(location.search);
  const names = ['key', 'name', 'email', 'position', 'theme', 'color', 'title', 'greeting', 'language'];
  const script = document.createElement('script');
  script.src = '/widget.js';
  script.async = true;
  script.dataset.color = '#8f4526';   // the shop's own
  for (const name of names) if (asked.get(name)) script.dataset[name] = asked.get(name);

  const key = script.dataset.key || 'YOUR-KEY';
  document.getElementById('snippet').textContent =
    `<script src="${location.origin}/widget.js" data-key="${key}" async></script>`;
  if (script.dataset.key) document.head.append(script);
  else document.getElementById('help').hidden = false;

  for (const button of document.querySelectorAll('[data-ask]')) {
    button.addEventListener('click', () => {
      if (window.ChatMesh) window.ChatMesh.open(button.dataset.ask);
      else document.getElementById('help').scrollIntoView({block: 'nearest'});
    });
  }
})();
