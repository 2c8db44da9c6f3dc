using Microsoft.Extensions.Options;

namespace Atrium.Functions.Egress;

[OptionsValidator]
internal sealed partial class EgressOptionsValidator : IValidateOptions<EgressOptions>;
