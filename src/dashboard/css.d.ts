/** A style sheet that is loaded with the part of the page that needs it. */
declare module "*.css";
