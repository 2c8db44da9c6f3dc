namespace Atrium.Functions.TestWebhooks;

/// <summary>How a subscription that is saved is to be tested.</summary>
internal sealed record StoredTestRequest
{
    /// <summary>Of which event a sample is sent.</summary>
    public string? Event { get; init; }
}
