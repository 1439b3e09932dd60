declare module "virtual:catalogue/*" {
  const catalogue: Record<string, string>;
  export default catalogue;
}
