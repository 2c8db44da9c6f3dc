namespace Atrium.Functions.Access;

/// <summary>Whether a signed-in user may make a request, and if not, why.</summary>
internal enum AccessDecision
{
    Allowed,

    /// <summary>The header that says who is signed in cannot be read.</summary>
    Unreadable,

    /// <summary>The user has no claim that names one tenant.</summary>
    NoTenant,

    /// <summary>The request is about another tenant, or it cannot be told about which.</summary>
    AnotherTenant,
}
