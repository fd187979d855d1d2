import { createContext } from "svelte";
import type { Engine } from "../engine/types";

/** Puts the focus back into the message field, set by the room; a phone keeps its keyboard down. */
export const [getFocusField, setFocusField] = createContext<() => void>();

/** The engine of this page, set once by App. */
export const [getEngine, setEngine] = createContext<Engine>();
