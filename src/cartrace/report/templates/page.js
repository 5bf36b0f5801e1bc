(function () {
  "use strict";
  var NARROW_UP_TO = 640;

  function draw(key, figure, config) {
    var holder = document.getElementById(key);
    var screen = document.getElementById(key + "-screen");
    var shown = null;
    function fit() {
      var wanted = window.innerWidth <= NARROW_UP_TO ? "narrow" : "wide";
      if (wanted === shown) { return; }
      holder.classList.add("live");
      // The library writes into what it is given: each drawing gets its own copy.
      var spec = JSON.parse(JSON.stringify(figure[wanted]));
      window.Plotly.react(screen, spec.data, spec.layout, config);
      shown = wanted;
    }
    fit();
    window.addEventListener("resize", fit);
  }

  function unpacked(id) {
    var bytes = Uint8Array.from(atob(document.getElementById(id).textContent), function (sign) { return sign.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }

  function drawAll(found) {
    var library = document.createElement("script");
    library.textContent = found[0];
    document.head.appendChild(library);
    var all = JSON.parse(found[1]);
    Object.keys(all.figures).forEach(function (key) {
      try { draw(key, all.figures[key], all.config); } catch (error) { document.getElementById(key).classList.remove("live"); }
    });
  }

  // A browser that cannot unpack keeps the drawings that are in the page.
  if (document.getElementById("library") && window.DecompressionStream) {
    Promise.all([unpacked("library"), unpacked("specifications")]).then(drawAll).catch(function () {});
  }

  var panel = document.createElement("aside");
  panel.id = "panel";
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Evidence");
  panel.tabIndex = -1;
  document.body.appendChild(panel);
  var came = null;

  function close() {
    panel.hidden = true;
    if (came) { came.focus(); }
  }

  function open(link, inside) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Close";
    button.addEventListener("click", close);
    var title = document.createElement("h2");
    title.textContent = inside.parentElement.querySelector("summary").textContent;
    var copy = inside.cloneNode(true);
    copy.removeAttribute("id");
    panel.replaceChildren(button, title, copy);
    panel.hidden = false;
    panel.scrollTop = 0;
    came = link;
    panel.focus();
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a.why") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    var inside = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!inside) { return; }
    event.preventDefault();
    open(link, inside);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !panel.hidden) { close(); }
  });

  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }
})();
