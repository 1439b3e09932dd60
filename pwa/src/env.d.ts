declare module "virtual:catalogue/zh_Hans" {
  const catalogue: Record<string, string>;
  export default catalogue;
}
declare module "virtual:keys/*" {
  const keys: string[];
  export default keys;
}
declare module "virtual:catalogue/*" {
  const texts: (string | 0)[];
  export default texts;
}
