using System.Text;

namespace Atrium.EndToEnd;

/// <summary>
/// Reads a page's fenced blocks: <c>sh</c> is executed, <c>json</c> and <c>text</c> right after it are its answer, all
/// others are for people only.
/// </summary>
internal static class WalkPage
{
    const string Fence = "```";

    public static IReadOnlyList<WalkStep> Read(string markdown)
    {
        var steps = new List<WalkStep>();
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            var (kind, first, block) = (lines[i][Fence.Length..], i + 1, new StringBuilder());
            while (lines[++i] != Fence)
            {
                block.Append(lines[i]).Append('\n');
            }

            switch (kind)
            {
                case "sh":
                    steps.Add(new WalkStep(first, block.ToString(), null, null));
                    break;
                case "json":
                    steps[^1] = steps[^1] with { Json = block.ToString() };
                    break;
                case "text":
                    steps[^1] = steps[^1] with { Text = block.ToString().Trim() };
                    break;
            }
        }

        return steps;
    }
}
