declare module 'recipes' {
  const recipes: readonly import('./parts/Recipe').Recipe[];
  export default recipes;
}

declare module 'recipes-de' {
  const recipes: readonly import('./parts/Recipe').Recipe[];
  export default recipes;
}

declare module 'receivers' {
  const receivers: readonly import('./parts/Recipe').Program[];
  export default receivers;
}
