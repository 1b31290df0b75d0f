// The suites of one half, or of both: node tests/all.js [1|2]. Within a half one after another, each with a museum of
// its own. Most of their time they wait for what takes its time, so that two processes do not get in each other's way;
// the second half is nearly all of waiting.
const halves = [
  ["pictures", "evidence", "floors", "live", "login", "prefix", "museums", "honest", "questions", "kiosk"],
  ["reception", "pages", "exhibition", "safety"],
];

for (const name of process.argv[2] ? halves[process.argv[2] - 1] : halves.flat()) await import(`./${name}.test.js`);
