import Archive from "@lucide/svelte/icons/file-archive";
import Audio from "@lucide/svelte/icons/file-music";
import Code from "@lucide/svelte/icons/file-code";
import File from "@lucide/svelte/icons/file";
import Image from "@lucide/svelte/icons/file-image";
import Sheet from "@lucide/svelte/icons/file-spreadsheet";
import Text from "@lucide/svelte/icons/file-text";
import Video from "@lucide/svelte/icons/file-play";

type Icon = typeof File;

const BY_EXTENSION: [RegExp, Icon][] = [
  [/\.(zip|7z|rar|tar|gz|tgz|xz|zst|alz|egg|iso|dmg)$/i, Archive],
  [/\.(png|jpe?g|gif|webp|heic|avif|bmp|tiff?|svg|psd|raw)$/i, Image],
  [/\.(mp4|mov|mkv|webm|avi|m4v|wmv)$/i, Video],
  [/\.(mp3|m4a|wav|flac|ogg|opus|aac)$/i, Audio],
  [/\.(xlsx?|ods|csv|tsv|cell|numbers)$/i, Sheet],
  [/\.(pdf|docx?|hwpx?|odt|txt|md|rtf|pptx?|odp|key|pages)$/i, Text],
  [/\.(py|c|h|cc|cpp|java|kt|js|ts|html?|css|json|xml|sh|rs|go|ipynb|sql|ya?ml)$/i, Code],
];

/** The icon for a file, by its name: its declared type is the sender's word and often empty. */
export function iconOf(name: string): Icon {
  return BY_EXTENSION.find(([ending]) => ending.test(name))?.[1] ?? File;
}
