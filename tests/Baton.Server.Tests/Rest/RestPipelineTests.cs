using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class RestPipelineTests
{
    [Theory]
    [InlineData(RestWorld.User, "wrong")]
    [InlineData("nobody", RestWorld.Password)]
    [InlineData("", "")]
    public async Task Wrong_credentials_are_refused_with_a_challenge(string name, string password)
    {
        await using var world = await RestWorld.StartAsync();
        world.SignIn(name, password);

        var answer = await world.GetAsync("/v1/cluster");

        Assert.Equal((401, "unauthorized"), (answer.Status, answer.Code));
        Assert.StartsWith("Basic ", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Bearer abc")]
    public async Task A_malformed_authorization_is_refused(string header)
    {
        await using var world = await RestWorld.StartAsync();
        world.Http.DefaultRequestHeaders.Authorization = null;
        world.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        var answer = await world.GetAsync("/v1/cluster");

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task Without_credentials_not_even_the_paths_are_told_apart()
    {
        await using var world = await RestWorld.StartAsync();
        world.Http.DefaultRequestHeaders.Authorization = null;

        var answer = await world.GetAsync("/v1/nothing");

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task An_unknown_path_is_a_json_404()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.GetAsync("/v1/nothing");

        Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
        Assert.Contains("/v1/nothing", answer.Message, StringComparison.Ordinal);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_wrong_method_is_a_json_405_that_says_what_is_allowed()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.SendAsync(HttpMethod.Patch, "/v1/cluster", null);

        Assert.Equal((405, "method_not_allowed"), (answer.Status, answer.Code));
        Assert.Equal(["GET", "PUT"], answer.Headers["Allow"].Split(',', StringSplitOptions.TrimEntries).Order());
    }

    [Theory]
    [InlineData("", "bad_json")]
    [InlineData("nonsense", "bad_json")]
    [InlineData("{", "bad_json")]
    [InlineData("[]", "bad_json")]
    [InlineData("null", "bad_json")]
    [InlineData("{} {}", "bad_json")]
    [InlineData("{\"cm_port\": NaN}", "bad_json")]
    [InlineData("{\"cm_port\": 1,}", "bad_json")]
    [InlineData("{\"cm_port\": 1, \"cm_port\": 2}", "duplicate_field")]
    [InlineData("{\"alert_settings\": {\"a\": 1, \"a\": 2}}", "duplicate_field")]
    [InlineData("{\"smtp_host\": \"\\ud800\"}", "bad_json")]
    public async Task A_body_that_is_no_proper_object_is_refused(string body, string code)
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/cluster", body);

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        await using var world = await RestWorld.StartAsync();

        var answer = await world.PutAsync("/v1/cluster", $"{{\"alert_settings\": {new string('[', 50_000)}");

        Assert.Equal((400, "bad_json"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        await using var world = await RestWorld.StartAsync();
        using var body = new ByteArrayContent([.. "{\"smtp_host\": \""u8, 0xff, 0xfe, .. "\"}"u8]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var answer = await world.SendAsync(HttpMethod.Put, "/v1/cluster", body);

        Assert.Equal((400, "bad_json"), (answer.Status, answer.Code));
        Assert.Contains("UTF-8", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024 * 1024, 200)]
    [InlineData(1024 * 1024 + 1, 413)]
    public async Task A_body_may_be_one_mebibyte_and_not_a_byte_more(int length, int status)
    {
        await using var world = await RestWorld.StartAsync();
        var body = "{\"client_maint_notifications\": true".PadRight(length - 1) + "}";

        var answer = await world.PutAsync("/v1/cluster", body);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        await using var world = await RestWorld.StartAsync();
        using var body = new StringContent("{}", Encoding.UTF8, "text/plain");

        var answer = await world.SendAsync(HttpMethod.Put, "/v1/cluster", body);

        Assert.Equal((415, "unsupported_media_type"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_failure_inside_is_a_json_500_and_the_next_request_is_served()
    {
        await using var world = await RestWorld.StartAsync();
        world.Controller.Probe = (_, _) => throw new InvalidOperationException("broken");

        var broken = await world.GetAsync("/v1/shards");
        var next = await world.GetAsync("/v1/cluster");

        Assert.Equal((500, "internal_error"), (broken.Status, broken.Code));
        Assert.Equal(200, next.Status);
    }
}
