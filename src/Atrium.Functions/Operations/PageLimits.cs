using Atrium.Functions.Http;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of a page, the same for every list.</summary>
internal sealed record PageLimits
{
    public int DefaultItems { get; } = PageQuery.DefaultLimit;

    public int MaxItems { get; } = PageQuery.MaxLimit;
}
