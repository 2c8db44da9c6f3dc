using Microsoft.Extensions.Options;

namespace Atrium.Functions.Egress;

[OptionsValidator]
sealed partial class EgressOptionsValidator : IValidateOptions<EgressOptions>;
