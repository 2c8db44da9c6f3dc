namespace Atrium.EndToEnd;

/// <summary>The app has answered otherwise than its OpenAPI document says.</summary>
public sealed class ContractException(string message) : Exception(message);
