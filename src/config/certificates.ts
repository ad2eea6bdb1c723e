import { X509Certificate } from "node:crypto";
import { type ReadFile, tryRead } from "./read-file.js";

/** The text of a PEM file with at least one certificate, or `null` and what is wrong with it. */
export function certificatesIn(
  path: string,
  readFile: ReadFile,
  refuse: (what: string) => void,
): string | null {
  const file = tryRead(readFile, path);
  if ("wrong" in file) {
    refuse(file.wrong);
    return null;
  }
  const certificates =
    file.text.match(/-----BEGIN CERTIFICATE-----.*?(?:-----END CERTIFICATE-----|$)/gs) ?? [];
  if (certificates.length === 0) refuse("names a file without a PEM certificate in it");
  else if (!certificates.every(isCertificate)) {
    refuse("names a file with a certificate in it that cannot be read: is it cut off?");
  } else return file.text;
  return null;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
