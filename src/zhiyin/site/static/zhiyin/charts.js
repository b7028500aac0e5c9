// Draw every chart of the page from its specification. No eval: the page's policy
// forbids it, so Vega runs its expressions through its interpreter.
const dark = () => document.documentElement.getAttribute("data-bs-theme") === "dark";

// The specification carries the colours of paper; on a dark page they are lit up.
const IN_THE_DARK = { "#0f5d6b": "#46b5a8", "#1f2937": "#e6eaef", "#e5e7eb": "#2b3541" };

async function draw(figure) {
  const response = await fetch(figure.dataset.chart, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    figure.classList.add("has-failed");
    return;
  }
  let text = await response.text();
  if (dark()) {
    for (const [light, lit] of Object.entries(IN_THE_DARK)) text = text.replaceAll(light, lit);
  }
  const spec = JSON.parse(text);
  if (!spec.$schema) return;
  const ink = dark() ? "#e6eaef" : "#1c2430";
  const quiet = dark() ? "#9aa6b4" : "#5b6675";
  const line = dark() ? "#2b3541" : "#e2e5e9";
  spec.config = Object.assign({}, spec.config, {
    axis: Object.assign({}, spec.config && spec.config.axis, { labelColor: quiet, titleColor: quiet, gridColor: line }),
    title: Object.assign({}, spec.config && spec.config.title, { color: ink, subtitleColor: quiet }),
    background: "transparent",
  });
  await window.vegaEmbed(figure, spec, { actions: false, renderer: "svg", ast: true });
}

document.querySelectorAll("figure.zy-chart[data-chart]").forEach((figure) => {
  draw(figure).catch(() => figure.classList.add("has-failed"));
});
