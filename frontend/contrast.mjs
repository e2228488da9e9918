// WCAG contrast of the token pairs that components put on each other, in both themes (ui.md 3).
// Limit 4.5 for words, 3 for borders of controls and marks in charts.
const grounds = ["bg", "surface", "surface-2", "surface-3"];
const pairs = [
  ...grounds.flatMap((g) => [["text", g, 4.5], ["text-2", g, 4.5], ["text-3", g, 4.5], ["link", g, 4.5]]),
  ...["ok", "info", "wait", "warn", "bad", "mute"].map((k) => [k, `${k}-bg`, 4.5]),
  ...["ok", "info", "wait", "warn", "bad"].map((k) => [k, "surface", 4.5]),
  ["text", "primary-soft", 4.5],
  ["info", "primary-soft", 4.5],
  ["text", "info-bg", 4.5],
  ["text", "warn-bg", 4.5],
  ["text", "bad-bg", 4.5],
  ["text-2", "warn-bg", 4.5],
  ["text-2", "bad-bg", 4.5],
  ["link", "primary-soft", 4.5],
  ["link", "bad-bg", 4.5],
  ["link", "warn-bg", 4.5],
  ["on-primary", "primary", 4.5],
  ["on-primary", "primary-h", 4.5],
  ["q1t", "q1", 4.5],
  ["text", "q2", 4.5],
  ["text", "q3", 4.5],
  ["q4t", "q4", 4.5],
  ["q5t", "q5", 4.5],
  ["line-ctl", "surface", 3],
  ["line-ctl", "bg", 3],
  ["focus", "surface", 3],
  ["focus", "bg", 3],
  ["chart-1", "surface", 3],
  ["chart-2", "surface", 3],
  ["chart-ref", "surface", 3],
];

const tokens = (text) =>
  Object.fromEntries([...text.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{3,6});/g)].map((m) => [m[1], m[2]]));

function luminance(hex) {
  const full = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((i) => {
    const c = parseInt(full.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Pairs of _tokens.scss under their limit, in words; and how many were computed. */
export function contrastFailures(scss) {
  const [light, dark] = scss.split("@mixin dark").map(tokens);
  const failures = [];
  for (const [theme, set] of [["light", light], ["dark", { ...light, ...dark }]]) {
    for (const [front, back, limit] of pairs) {
      const got = ratio(set[front], set[back]);
      if (!(got >= limit)) failures.push(`${theme}: --${front} on --${back} is ${got.toFixed(2)}, needs ${limit}`);
    }
  }
  return { failures, checked: pairs.length * 2 };
}
