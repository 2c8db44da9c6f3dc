namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, AllowMultiple = true)]
public sealed class MarkAttribute : Attribute;
