namespace Atrium.EndToEnd;

/// <summary>The app has answered otherwise than its OpenAPI document says.</summary>
/// <param name="message">How.</param>
/// <param name="isWordless">Whether the answer was a 500 and nothing else.</param>
public sealed class ContractException(string message, bool isWordless = false) : Exception(message)
{
    /// <summary>
    /// Whether the answer was a 500 and nothing else. The app always says something: this is the worker's answer to a
    /// request whose other half it did not get in time, or the host's when the worker has died.
    /// </summary>
    public bool IsWordless => isWordless;
}
