/** The words that the settings of a webhook and those for notices have in common, loaded with either. */
export const stored = {
  lostAnswer: 'No answer came, so it is not known whether this was saved. You can safely save it again.',
  nothingChanged: 'Nothing has changed.',
  saveChanges: 'Save changes',
  newSecret: 'Make a new secret…',
  earlier: (until: string) => `An earlier one still works until ${until}.`,
};
