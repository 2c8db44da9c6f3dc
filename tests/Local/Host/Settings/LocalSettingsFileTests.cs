using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Settings;

public sealed class LocalSettingsFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    [Fact]
    public void Reads_what_Core_Tools_reads()
    {
        var settings = Read("""
            {
              // comments and trailing commas are allowed
              "IsEncrypted": false,
              "Values": { "A": "text", "Number": 5, "Flag": true, "Group__Name": "nested", },
              "Host": { "LocalHttpPort": 7072, "CORS": "https://a.example, https://b.example",
                "CORSCredentials": true },
              "ConnectionStrings": { "Short": "x=1", "Long": { "ConnectionString": "y=2", "ProviderName": "SQL" } }
            }
            """);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["A"] = "text",
                ["Number"] = "5",
                ["Flag"] = "true",
                ["Group__Name"] = "nested",
            },
            settings.Values);
        Assert.Equal(
            new Dictionary<string, string> { ["Short"] = "x=1", ["Long"] = "y=2" }, settings.ConnectionStrings);
        Assert.Equal(7072, settings.LocalHttpPort);
        Assert.Equal(["https://a.example", "https://b.example"], settings.CorsOrigins);
        Assert.True(settings.CorsCredentials);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one() =>
        Assert.Same(LocalSettings.Empty, new LocalSettingsFile(Path.Combine(_folder.Path, "none.json")).Read());

    [Theory]
    [InlineData("", "is not valid JSON at line 1, position 1")]
    [InlineData("{\n\"Values\": {\"A\": }\n}", "is not valid JSON at line 2, position 17")]
    [InlineData("""{"Values":{"A":"b\udc00"}}""", "is not valid JSON at line 1, position 16: A text has half ")]
    [InlineData("""{"Values":{"\ud800":"b"}}""", "is not valid JSON at line 1, position 12: A text has half ")]
    [InlineData("[]", "must hold one JSON object, but holds a list")]
    [InlineData("""{"IsEncrypted":true}""", "IsEncrypted is true")]
    [InlineData("""{"IsEncrypted":"perhaps"}""", "IsEncrypted must be true or false")]
    [InlineData("""{"Values":[]}""", "Values must be an object of names and texts, but is a list")]
    [InlineData("""{"Values":{"A":{"B":"c"}}}""", "Values.A must be a text, but is an object")]
    [InlineData("""{"Values":{"A":null}}""", "Values.A must be a text, but is null")]
    [InlineData("""{"Values":{"":"a"}}""", "Values has a value with the name ''.")]
    [InlineData("""{"Values":{"A=B":"c"}}""", "Values has a value with the name 'A=B'.")]
    [InlineData("""{"Values":{"A\u0000":"c"}}""", "Values has a value with the name 'A?'.")]
    [InlineData("""{"ConnectionStrings":{"":"a"}}""", "ConnectionStrings has a value with the name ''.")]
    [InlineData("""{"Host":7}""", "Host must be an object, but is a number")]
    [InlineData(
        """{"Host":{"LocalHttpPort":"x"}}""",
        "Host.LocalHttpPort must be a whole number from 0 (any free port) to 65535, but is 'x'")]
    [InlineData("""{"Host":{"LocalHttpPort":65536}}""", "but is '65536'")]
    [InlineData("""{"Host":{"LocalHttpPort":-1}}""", "but is '-1'")]
    public void A_broken_file_is_one_sentence_with_its_name(string content, string sentence)
    {
        var message = Assert.Throws<HostStartException>(() => Read(content)).Message;
        Assert.StartsWith(Path.Combine(_folder.Path, LocalSettings.FileName), message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void What_the_environment_says_goes_before_the_file()
    {
        var environment = new Dictionary<string, string>
        {
            ["Set"] = "by the shell",
            ["SetToNothing"] = "",
            ["Group__NAME"] = "in another spelling",
        };
        var settings = Read("""
            {
              "Values": { "Set": "file", "SetToNothing": "file", "New": "file", "Group:Name": "file", "new": "again" },
              "ConnectionStrings": { "Db": "x" }
            }
            """);
        settings.Export([.. environment.Keys], (name, value) => environment[name] = value);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Set"] = "by the shell",
                ["SetToNothing"] = "",
                ["Group__NAME"] = "in another spelling",
                ["New"] = "file",
                ["ConnectionStrings__Db"] = "x",
            },
            environment);
    }

    public void Dispose() => _folder.Dispose();

    LocalSettings Read(string content) => new LocalSettingsFile(_folder.Write(LocalSettings.FileName, content)).Read();
}
