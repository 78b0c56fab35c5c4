// Not "none.js", but:
const later = "later.js";
