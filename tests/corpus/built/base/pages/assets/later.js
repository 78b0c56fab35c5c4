addEventListener("load", () => {});
