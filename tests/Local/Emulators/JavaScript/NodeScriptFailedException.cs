namespace Atrium.JavaScript;

/// <summary>A script ended badly; the message holds what it printed.</summary>
public sealed class NodeScriptFailedException(string message) : Exception(message);
