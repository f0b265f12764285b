using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>A client that does nothing but go on with the cursor until it is 0 gets everything that was there all the time, whatever moves meanwhile.</summary>
public abstract class ScanTests(SwitchingCluster cluster)
{
    private const int Elements = 1500;
    private const int PagesBetweenSwitches = 5;
    private const int MostPages = 10_000;

    [Theory]
    [InlineData("SCAN")]
    [InlineData("HSCAN")]
    [InlineData("SSCAN")]
    [InlineData("ZSCAN")]
    public async Task a_scan_in_small_pages_misses_nothing_over_two_switches(string command)
    {
        await using var connection = await cluster.ConnectAsync();
        await connection.CallAsync("FLUSHALL");
        await FillAsync(connection, command);
        HashSet<string> found = [];
        var switches = 0;
        var pages = 0;
        var cursor = "0";
        do
        {
            string[] key = command == "SCAN" ? [] : ["scanned"];
            string[] words = [command, .. key, cursor, "MATCH", "element:*", "COUNT", "10"];
            var page = await connection.CallAsync(words);
            Assert.False(page.IsError, page.ToString());
            cursor = page.Items![0].Text!;
            found.UnionWith(page.Items[1].Items!.Select(item => item.Text!).Where(text => text.StartsWith("element:", StringComparison.Ordinal)));
            if (++pages % PagesBetweenSwitches == 0 && switches < 2)
            {
                switches++;
                await cluster.SwitchAsync("migrate");
            }
        }
        while (cursor != "0" && pages < MostPages);

        Assert.Equal("0", cursor);
        Assert.Equal(2, switches);
        Assert.Equal(Elements, found.Count);
    }

    private static async Task FillAsync(RawConnection connection, string command)
    {
        foreach (var batch in Enumerable.Range(0, Elements).Chunk(100))
        {
            await Task.WhenAll(connection.SendAll([.. batch.Select(number => command switch
            {
                "SCAN" => new[] { "SET", $"element:{number}", "value" },
                "HSCAN" => ["HSET", "scanned", $"element:{number}", "value"],
                "SSCAN" => ["SADD", "scanned", $"element:{number}"],
                _ => ["ZADD", "scanned", $"{number}", $"element:{number}"],
            })])).WaitAsync(RawConnection.Limit);
        }
    }
}
