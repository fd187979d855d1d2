import type { Problem } from "../../engine/types";

/** Beside which field of the join screen a refusal is told. */
export function fieldOf(code: Problem): "name" | "pin" | "room" {
  if (code.startsWith("name-")) return "name";
  return code.startsWith("pin-") ? "pin" : "room";
}
