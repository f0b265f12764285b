using System.Text;
using Xunit;

namespace Baton.Server.Tests.Rest;

public sealed class HostileRequestsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static readonly string[] Paths =
    [
        "/v1/cluster", "/v1/cluster/policy", "/v1/bdbs", "/v1/bdbs/1", "/v1/shards/actions/migrate", "/v1/shards/1/actions/failover", "/v1/actions/1",
    ];

    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "1", "-", "1e9999", "99999999999999999999", "\\u0000", "\\ud800", "\u00e9", " ", "\n",
        "\"shard_uids\"", "\"target_node_uid\"", "\"name\"", "\"memory_size\"", "\"endpoint\"", "\"proxy_policy\"", "\"client_maint_notifications\"",
    ];

    [Fact]
    public async Task Random_bodies_get_an_answer_and_bring_nothing_down()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var world = await RestWorld.StartAsync();
        HttpMethod[] methods = [HttpMethod.Put, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Patch];

        for (var i = 0; i < 400; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => Fragments[random.Next(Fragments.Length)]));
            using var content = new StringContent(random.Next(2) == 0 ? body : $"{{{body}}}", Encoding.UTF8, "application/json");

            var answer = await world.SendAsync(methods[random.Next(methods.Length)], Paths[random.Next(Paths.Length)], content);

            Assert.NotEqual(500, answer.Status);
            Assert.True(answer.Status == 200 || answer.Code is { Length: > 0 }, $"{answer.Status} without a code for {body}");
        }

        Assert.Equal(200, (await world.GetAsync("/v1/cluster")).Status);
    }

    [Fact]
    public async Task Random_bytes_over_tls_bring_nothing_down()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var world = await RestWorld.StartAsync();

        for (var i = 0; i < 60; i++)
        {
            using var limit = new CancellationTokenSource(Limit);
            await using var stream = await world.ConnectAsync();
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            byte[] start = random.Next(3) switch
            {
                0 => [],
                1 => [.. "PUT /v1/cluster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"u8],
                _ => [.. "GET /v1/"u8],
            };
            try
            {
                await stream.WriteAsync(start.Concat(bytes).ToArray(), limit.Token);
                await stream.WriteAsync("\r\n\r\n"u8.ToArray(), limit.Token);
            }
            catch (IOException)
            {
                // It hung up on us, as it may.
            }
        }

        Assert.Equal(200, (await world.GetAsync("/v1/cluster")).Status);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", "400")]
    [InlineData("GET /v1/cluster HTTP/9.9\r\nHost: x\r\n\r\n", "505")]
    [InlineData("GET /v1/cluster HTTP/1.1\r\n\r\n", "400")]
    [InlineData("PUT /v1/cluster HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "400")]
    public async Task A_malformed_request_gets_its_status(string request, string status)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var world = await RestWorld.StartAsync();
        await using var stream = await world.ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(limit.Token);

        Assert.StartsWith($"HTTP/1.1 {status}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Oversized_headers_are_refused()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var world = await RestWorld.StartAsync();
        await using var stream = await world.ConnectAsync();
        var headers = string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: {new string('a', 1000)}\r\n"));

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/cluster HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), limit.Token);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(limit.Token);

        Assert.StartsWith("HTTP/1.1 431", line, StringComparison.Ordinal);
    }
}
