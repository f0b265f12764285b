using System.Net;
using System.Net.Sockets;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>What every engine must do, whatever it is made of.</summary>
public abstract class ShardEngineContract(EngineKind kind)
{
    [Fact]
    public async Task it_serves_when_start_returns_and_says_where()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        await using RespConnection client = await lab.ConnectAsync(engine);

        Assert.NotEqual(0, ((IPEndPoint)engine.Address).Port);
        Assert.Equal("PONG", (await client.CallAsync(["PING"], lab.Token)).Text);
        Assert.False(engine.Died.IsCompleted);
    }

    [Fact]
    public async Task a_stranger_without_the_secret_gets_nothing()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() =>
            RespConnection.ConnectAsync(engine.Address, "wrong", TimeSpan.FromSeconds(30), TimeProvider.System, lab.Token));

        Assert.Contains("WRONGPASS", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(engine.Spec.Secret, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_secret_is_on_no_command_line_and_in_no_file()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind, lab.Spec(PersistenceMode.EverySecond));

        IEnumerable<string> lines = Directory.EnumerateDirectories("/proc")
            .Select(directory => Path.Combine(directory, "cmdline")).Where(File.Exists).Select(TryRead);
        Assert.DoesNotContain(lines, line => line.Contains("of\" instance", StringComparison.Ordinal));
        IEnumerable<string> files = Directory.EnumerateFiles(lab.Root, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => TryRead(file).Contains(engine.Spec.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_probe_counts_keys_of_all_databases_and_memory()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        EngineHealth before = await engine.ProbeAsync(lab.Token);
        await using RespConnection client = await lab.ConnectAsync(engine);
        await client.DemandAsync(["SET", "a", new string('x', 100_000)], lab.Token);
        await client.DemandAsync(["SELECT", "5"], lab.Token);
        await client.DemandAsync(["SET", "b", "1"], lab.Token);

        EngineHealth after = before;
        await MoveLab.UntilAsync(async () => (after = await engine.ProbeAsync(lab.Token)).Keys == 2, lab.Token); // an answer may be reused

        Assert.Equal((0, 2), (before.Keys, after.Keys));
        Assert.InRange(after.UsedMemoryBytes - before.UsedMemoryBytes, 100_000, 10_000_000);
        Assert.True(after.IsMaster);
    }

    [Fact]
    public async Task its_command_table_is_what_it_really_has()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        await using RespConnection client = await lab.ConnectAsync(engine);

        Assert.NotNull(engine.Capabilities.Commands.Find("GET"u8));
        Assert.Equal(kind == EngineKind.Redis, engine.Capabilities.Commands.Find("XADD"u8) is not null);
        Assert.Equal(engine.Capabilities.FullDump, engine.Capabilities.Commands.Find("DUMP"u8) is not null);
        Assert.StartsWith("ERR unknown command", (await client.CallAsync(["NOSUCH"], lab.Token)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PersistenceMode.EverySecond)]
    [InlineData(PersistenceMode.Always)]
    public async Task after_a_stop_and_a_start_the_data_is_there_again(PersistenceMode persistence)
    {
        await using EngineLab lab = new();
        ShardSpec spec = lab.Spec(persistence);
        IShardEngine first = await lab.StartAsync(kind, spec);
        await using (RespConnection client = await lab.ConnectAsync(first))
        {
            await client.DemandAsync(["SET", "key", "value"], lab.Token);
            await client.DemandAsync(["RPUSH", "list", "a", "b"], lab.Token);
            await client.DemandAsync(["SELECT", "3"], lab.Token);
            await client.DemandAsync(["SET", "other", "database"], lab.Token);
        }

        await first.StopAsync(lab.Token);
        IShardEngine second = await lab.StartAsync(kind, spec with { Recover = true });
        await using RespConnection again = await lab.ConnectAsync(second);

        Assert.Equal("value", (await again.CallAsync(["GET", "key"], lab.Token)).Text);
        Assert.Equal(2, (await again.CallAsync(["LLEN", "list"], lab.Token)).Integer);
        await again.DemandAsync(["SELECT", "3"], lab.Token);
        Assert.Equal("database", (await again.CallAsync(["GET", "other"], lab.Token)).Text);
    }

    [Fact]
    public async Task a_fresh_instance_refuses_a_directory_with_old_data()
    {
        await using EngineLab lab = new();
        ShardSpec spec = lab.Spec();
        Directory.CreateDirectory(spec.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(spec.DataDirectory, "old"), "data", lab.Token);

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => lab.StartAsync(kind, spec));

        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_taken_port_is_an_error_that_names_it()
    {
        await using EngineLab lab = new();
        using Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        IPEndPoint taken = (IPEndPoint)holder.LocalEndPoint!;

        EngineException refused = await Assert.ThrowsAsync<EngineException>(() =>
            lab.StartAsync(kind, lab.Spec() with { Address = taken }));

        Assert.Contains(taken.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task disposing_twice_is_fine_and_the_port_is_free_afterwards()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        await engine.DisposeAsync();
        await engine.DisposeAsync();

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(engine.Address, lab.Token).AsTask());
        Assert.False(engine.Died.IsCompleted);
    }

    [Fact]
    public async Task a_database_that_many_select_first_at_once_is_one_database()
    {
        await using EngineLab lab = new();
        IShardEngine engine = await lab.StartAsync(kind);
        RespConnection[] clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => lab.ConnectAsync(engine)));
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            RespBatch batch = new RespBatch().Add("SELECT", "9").Add("SET", $"key:{i}", "value");
            Assert.DoesNotContain(await client.SendAsync(batch, lab.Token), reply => reply.IsError);
        }));

        await using RespConnection reader = await lab.ConnectAsync(engine);
        await reader.DemandAsync(["SELECT", "9"], lab.Token);
        Assert.Equal(8, (await reader.CallAsync(["DBSIZE"], lab.Token)).Integer);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    private static string TryRead(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(stream, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // a process that has just ended
        }
    }
}
