// Draw one card with the official renderer and measure what a reader would trip over.
// ({card, hostConfig, unfold}) => {faults: {notes, clipped, overflowing, pale}, text}
async ({ card, hostConfig, unfold }) => {
  const AC = window.AdaptiveCards;
  AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = window.markdownit({ breaks: true }).render(text);
    result.didProcess = true;
  };
  const drawing = new AC.AdaptiveCard();
  drawing.hostConfig = new AC.HostConfig(hostConfig);
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  drawing.parse(card, context);
  const root = drawing.render();
  const frame = document.getElementById("card");
  frame.appendChild(root);
  if (unfold) {
    const folds = new Set();
    JSON.stringify(card, (_, value) => {
      if (value?.type === "Action.ToggleVisibility") folds.add(value.title);
      return value;
    });
    for (const button of root.querySelectorAll(".ac-pushButton")) {
      if (folds.has(button.innerText.trim())) button.click();
    }
  }
  await document.fonts.ready;

  const shown = (element) => element.offsetParent !== null;
  const parts = (element) => [element, ...element.querySelectorAll("*")];
  const right = frame.getBoundingClientRect().right;
  const color = (css) => { const [r, g, b, a = 1] = css.match(/[\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
  const background = (element) => {
    for (let node = element; node; node = node.parentElement) {
      const found = color(getComputedStyle(node).backgroundColor);
      if (found.a > 0.99) return found.rgb;
    }
    return [255, 255, 255];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const pair = [luminance(color(getComputedStyle(element).color).rgb), luminance(background(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };

  const clipped = [];
  const overflowing = [];
  const pale = [];
  for (const element of root.querySelectorAll(".ac-textBlock, .ac-richTextBlock, .ac-factset td, .ac-pushButton, label, input, select")) {
    const text = (element.innerText || element.id || "").trim().slice(0, 60);
    if (!shown(element)) continue;
    if (element.getBoundingClientRect().right > right + 1) overflowing.push(text);
    if (!text) continue;
    const cut = (part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 && getComputedStyle(part).overflowX !== "visible";
    if (!element.matches("input, select") && parts(element).some(cut)) clipped.push(text);
    const leaf = element.querySelector("p, span") || element;
    // The colours of inputs and of the primary button are the client's own, not the card's.
    if (!element.matches("input, select, .style-positive") && contrast(leaf) < 4.5) pale.push(`${text} ${contrast(leaf).toFixed(1)}`);
  }
  if (root.scrollWidth > frame.clientWidth + 1) {
    const widest = parts(root).reduce((a, b) => (b.getBoundingClientRect().right > a.getBoundingClientRect().right ? b : a));
    overflowing.push(`${root.scrollWidth} px: ${widest.tagName} ${widest.innerText.slice(0, 60)}`);
  }
  // adaptivecards 3.0.6 takes every second valid `lang` for invalid: its pattern keeps a position.
  const notes = [];
  for (let i = 0; i < context.eventCount; i++) notes.push(context.getEventAt(i).message);
  return {
    faults: { notes: notes.filter((note) => !note.includes('property "lang"')), clipped, overflowing, pale },
    text: root.innerText,
  };
}
