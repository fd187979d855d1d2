import { createContext } from "svelte";
import type { Engine } from "../engine/types";

/** The engine of this page, set once by App. */
export const [getEngine, setEngine] = createContext<Engine>();
