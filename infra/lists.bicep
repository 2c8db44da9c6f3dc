@export()
@description('The parts of a text that commas separate, without the spaces around them, and without empty ones.')
func list(text string) string[] => filter(map(split(text, ','), part => trim(part)), part => !empty(part))
