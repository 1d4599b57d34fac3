// Figures as text. The Python side writes its own in framejudge.bench.run.wording; both look the same.

/** @param {number} value */
export const whole = (value) => value.toLocaleString("en");

/** @param {number} share */
export const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %` : "not defined");

/** @param {number} score */
export const scoreText = (score) => (Number.isNaN(score) ? "none" : score.toFixed(2));

/** @param {number} score */
export const fullScore = (score) => (Number.isNaN(score) ? "none" : String(Number(score.toPrecision(4))));

/** @param {number} ms */
export function timeText(ms) {
  if (Number.isNaN(ms)) return "not timed";
  if (ms < 0.9995) return `${(ms * 1000).toPrecision(3)} µs`;
  return ms < 999.5 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}
