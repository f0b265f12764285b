using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>MONITOR shows what clients do, and nothing of what the cluster asks its engines all the time.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisMonitorTests(RedisSwitchingCluster cluster)
{
    private static readonly TimeSpan AskedLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task only_clients_commands_are_shown_also_over_a_move()
    {
        using CancellationTokenSource over = new();
        using TcpClient monitor = new();
        await monitor.ConnectAsync(await cluster.Process.HostAsync(), cluster.Process.Port);
        await monitor.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        ConcurrentQueue<string> lines = new();
        Task reading = ReadAsync(monitor, lines, over.Token);
        await using RawConnection client = await cluster.ConnectAsync();
        long asked = 0;
        long before = await ClusterInfosAsync();

        await Eventually.TrueAsync(async () => await ClusterInfosAsync() > before + 6, AskedLimit, "the cluster asks its engine");
        await client.ExpectAsync('+', "SET", "shown", "1");
        await cluster.SwitchAsync("migrate");
        await client.ExpectAsync('+', "SET", "shown", "2");
        await Eventually.TrueAsync(() => lines.Count(static line => line.Contains("\"shown\"", StringComparison.Ordinal)) == 2, AskedLimit, "both commands");

        await over.CancelAsync();
        monitor.Close();
        await reading;
        Assert.Equal("+OK", lines.First());
        Assert.DoesNotContain(
            lines.Skip(1),
            static line => !line.Contains("commandstats", StringComparison.Ordinal) && !line.Contains("\"shown\"", StringComparison.Ordinal));

        async Task<long> ClusterInfosAsync()
        {
            string stats = $"{await client.CallAsync("INFO", "commandstats")}";
            const string Name = "cmdstat_info:calls=";
            int at = stats.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
            return long.Parse(stats[at..stats.IndexOf(',', at)], CultureInfo.InvariantCulture) - ++asked;
        }
    }

    private static async Task ReadAsync(TcpClient monitor, ConcurrentQueue<string> lines, CancellationToken over)
    {
        using StreamReader reader = new(monitor.GetStream(), Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync(over) is { } line)
            {
                lines.Enqueue(line);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
