namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key an HTTP function asks for.</summary>
public enum AuthorizationLevel
{
    /// <summary>None.</summary>
    Anonymous,

    /// <summary>A signed-in user.</summary>
    User,

    /// <summary>A function key, or the master key.</summary>
    Function,

    /// <summary>A system key.</summary>
    System,

    /// <summary>The master key.</summary>
    Admin,
}
