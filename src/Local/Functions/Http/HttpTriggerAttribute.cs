using System.Diagnostics.CodeAnalysis;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by an HTTP request.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Any method, with a function key.</summary>
    public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

    /// <summary>Some methods, <em>without</em> a key: the level is <see cref="AuthorizationLevel.Anonymous"/>, not Function.</summary>
    /// <param name="methods">The methods, such as <c>get</c>; none means any.</param>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    /// <summary>Any method.</summary>
    /// <param name="authLevel">The key asked for.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>Some methods.</summary>
    /// <param name="authLevel">The key asked for.</param>
    /// <param name="methods">The methods, such as <c>get</c>; none means any.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>The route template after the route prefix; null means the function's name.</summary>
    public string? Route { get; set; }

    /// <summary>The methods; null or empty means any.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "The worker's own signature.")]
    public string[]? Methods { get; }

    /// <summary>The key asked for.</summary>
    public AuthorizationLevel AuthLevel { get; }
}
