/** Phrasings that a comment or a document must not have (CONTRIBUTING.md, "Words"). */
export const bannedPhrasings: readonly RegExp[] = [
  /\b(told|tells?|telling)\b/i,
  /\b(heed|mend)(s|ed|ing)?\b/i,
  /\b(whoever|somebody|nobody|anybody|everybody)\b/i,
  /\bwho (sends|comes|asks|tries)\b/i,
  /\bwhat (fell|came|passed)\b/i,
  /\b(house|doors?)\b/i,
  /\b(hears?|heard)\b/i,
  /\b(says?|said|speaks?|spoken|spoke)\b/i,
  /\b(stands?|stood)\b/i,
  /\b(goes? by|comes? to nothing|(is|are) asked for|reckon(s|ed)?|at hand|the word of)\b/i,
];
