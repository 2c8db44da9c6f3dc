declare module 'recipes' {
  const recipes: readonly import('./parts/Recipe').Recipe[];
  export default recipes;
}
