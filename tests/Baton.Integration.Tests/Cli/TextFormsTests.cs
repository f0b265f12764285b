using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Cli.Output;
using Xunit;

namespace Baton.Integration.Tests.Cli;

public sealed class TextFormsTests
{
    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1KB")]
    [InlineData(2_181_038, "2.08MB")]
    [InlineData(1L << 40, "1TB")]
    public void Sizes_are_short(long bytes, string text) => Assert.Equal(text, ByteSize.Of(bytes));

    [Theory]
    [InlineData("1073741824", 1L << 30)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("1.5gb", 3L << 29)]
    [InlineData("100B", 100L)]
    [InlineData("much", null)]
    [InlineData("-1MB", null)]
    public void Sizes_can_be_read(string text, long? bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Fact]
    public void Field_arguments_are_json_or_text()
    {
        var body = FieldArguments.Parse(["a=true", "b=12", "c=some text", "d=[\"1\"]", "e=", "f=x=y"]);

        Assert.Equal("""{"a":true,"b":12,"c":"some text","d":["1"],"e":"","f":"x=y"}""", body.ToJsonString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("=1")]
    public void A_field_argument_without_a_field_is_refused(string argument) =>
        Assert.Throws<ApiException>(() => FieldArguments.Parse([argument]));

    [Fact]
    public void Errors_show_every_fault()
    {
        var one = new ApiException(409, JsonNode.Parse("""{"error_code": "db_busy", "message": "Busy."}"""));
        var two = new ApiException(400, JsonNode.Parse("""
            {"error_code": "a", "message": "A.", "errors": [{"error_code": "a", "message": "A."}, {"error_code": "b", "message": "B."}]}
            """));

        Assert.Equal("Busy. (db_busy)", one.Message);
        Assert.Equal(["A. (a)", "B. (b)"], two.Message.Split(Environment.NewLine));
        Assert.Contains("502", new ApiException(502, null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operations_end_names_its_holds()
    {
        var action = (JsonObject)JsonNode.Parse("""
            {"name": "migrate", "object_name": "bdb:1", "status": "completed", "hold_ms": {"1": 0.912, "2": 1.25}}
            """)!;

        Assert.Equal("completed: migrate db:1, shard 1 held 0.9 ms, shard 2 held 1.3 ms", ActionText.Verdict(action));
    }

    [Fact]
    public void Passwords_of_databases_stay_off_the_screen()
    {
        var databases = JsonNode.Parse("""[{"authentication_redis_pass": "secret"}, {"authentication_redis_pass": ""}]""")!;

        Assert.Equal(
            """[{"authentication_redis_pass":"********"},{"authentication_redis_pass":""}]""", Secrets.Redact(databases).ToJsonString());
    }
}
