namespace Atrium.Functions.TestWebhooks;

/// <summary>One header; a list of them, since a name can come more than once.</summary>
/// <param name="Name">Its name, as sent.</param>
/// <param name="Value">Its value.</param>
internal sealed record HeaderView(string Name, string Value);
