// The modules of a QR code; what draws them is our own.
export { encode } from "uqr";
