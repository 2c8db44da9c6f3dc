using System.Text.Json.Serialization;

namespace Atrium.Functions.Tests.Egress;

sealed record SsrfRule(
    [property: JsonPropertyName("ipv4_deny")] IReadOnlyList<string> IPv4Deny,
    [property: JsonPropertyName("ipv6_allow_only")] string IPv6AllowOnly,
    [property: JsonPropertyName("ipv6_deny_within")] IReadOnlyList<string> IPv6DenyWithin);
