using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>Conformance A: how a connection opts in, and what becomes of it when it cannot.</summary>
[Collection(VirtualTime.Name)]
public sealed class HandshakeTests
{
    private const string UnknownSubcommand = "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n";

    // A1, A2
    [Theory]
    [InlineData(MovingEndpointForm.Auto, " moving-endpoint-type internal-ip")]
    [InlineData(MovingEndpointForm.InternalIp, " moving-endpoint-type internal-ip")]
    [InlineData(MovingEndpointForm.InternalFqdn, " moving-endpoint-type internal-fqdn")]
    [InlineData(MovingEndpointForm.ExternalIp, " moving-endpoint-type external-ip")]
    [InlineData(MovingEndpointForm.ExternalFqdn, " moving-endpoint-type external-fqdn")]
    [InlineData(MovingEndpointForm.None, " moving-endpoint-type none")]
    [InlineData(MovingEndpointForm.ServerDefault, "")]
    public async Task The_opt_in_comes_once_after_HELLO_3_in_the_form_that_was_chosen(MovingEndpointForm form, string words)
    {
        await using var world = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { EndpointForm = form } });

        var lines = world.A.Newest.Commands.Select(command => string.Join(' ', command)).ToList();
        Assert.Equal("HELLO 3", lines[0]);
        Assert.Equal("CLIENT MAINT_NOTIFICATIONS ON" + words, Assert.Single(lines, line => line.Contains("MAINT", StringComparison.Ordinal)));
        Assert.True(world.A.Newest.HasOptedIn);
    }

    // A3, A4, A8, A15
    [Theory]
    [InlineData(UnknownSubcommand)]
    [InlineData("-ERR unknown subcommand 'maint_notifications'. Try CLIENT HELP.\r\n")]
    [InlineData("-ERR unknown CLIENT subcommand 'MAINT_NOTIFICATIONS'\r\n")]
    [InlineData("-ERR maintenance notifications are disabled on this server\r\n")]
    [InlineData("-ERR unknown moving-endpoint-type 'internal-ip'\r\n")]
    [InlineData("-NOPERM this user has no permissions\r\n")]
    [InlineData("+ERROR\r\n")]
    [InlineData("_\r\n")]
    public async Task A_server_that_refuses_is_fine_in_mode_Auto_and_an_error_that_says_so_in_mode_Enabled(string refusal)
    {
        await using var auto = new ClientWorld();
        auto.Database.OptInReply = refusal;
        await auto.ConnectAsync();
        Assert.True(await auto.ServesAsync(auto.A));
        Assert.Contains(auto.Log.Entries, entry => entry.Contains("maintenance notifications: False", StringComparison.Ordinal));

        await using var enabled = Strict(new ClientWorld());
        enabled.Database.OptInReply = refusal;
        var failure = await Assert.ThrowsAsync<RedisConnectFailedException>(enabled.ConnectAsync);
        Assert.Equal(ConnectFailedReason.NotSupported, failure.FailedReason);
        Assert.Contains("Maintenance.Mode is Enabled", failure.Message, StringComparison.Ordinal);
        Assert.Empty(enabled.Network.Open);
    }

    // A5, A7
    [Theory]
    [InlineData("-NOPROTO unsupported protocol version\r\n", 3)]
    [InlineData("-ERR unknown command 'HELLO'\r\n", 3)]
    [InlineData(null, 2)]
    public async Task A_server_without_RESP3_serves_quietly_in_mode_Auto_and_fails_mode_Enabled(string? helloError, int protocol)
    {
        await using var auto = new ClientWorld();
        (auto.Database.HelloError, auto.Database.HelloProtocol) = (helloError, protocol);
        await auto.ConnectAsync();
        Assert.True(await auto.ServesAsync(auto.A));

        await using var enabled = Strict(new ClientWorld());
        (enabled.Database.HelloError, enabled.Database.HelloProtocol) = (helloError, protocol);
        var failure = await Assert.ThrowsAsync<RedisConnectFailedException>(enabled.ConnectAsync);
        Assert.Equal(ConnectFailedReason.NotSupported, failure.FailedReason);
    }

    [Theory]
    [InlineData("-ERR max number of clients reached\r\n")]
    [InlineData("")]
    public async Task A_server_that_closes_at_once_is_an_error_with_its_words_and_is_tried_again(string words)
    {
        await using var world = new ClientWorld();
        world.A.Accepting = connection =>
        {
            connection.Push(words);
            connection.Close();
        };
        var connecting = RedisClient.ConnectAsync(world.Options);
        var failure = await world.FailureOfAsync<RedisConnectFailedException>(connecting, 1);
        Assert.Equal(ConnectFailedReason.Refused, failure.FailedReason);
        Assert.Contains(words.Length > 0 ? words[1..^2] : "during the greeting", failure.Message, StringComparison.Ordinal);

        await using var patient = RedisClient.Create(world.Options);
        await world.PassAsync(1);
        world.A.Accepting = null;
        Assert.Equal(1, await world.EndOfAsync(patient.ExecuteAsync<long>($"INCR {"n"}"), 1));
    }

    [Fact]
    public async Task Each_configured_host_shows_a_certificate_for_its_own_name()
    {
        await using var world = new ClientWorld();
        world.Network.Name("a.example", "10.0.0.1");
        world.Network.Name("b.example", "10.0.0.2");
        world.A.Mode = PlaceMode.Refusing;
        world.Options = world.Options with { Endpoints = [new RedisEndpoint("a.example", 6379), new RedisEndpoint("b.example", 6379)] };
        await world.ConnectAsync();

        Assert.Equal(["a.example", "b.example"], world.Network.ServerNames);
    }

    // A5
    [Fact]
    public async Task Options_that_can_never_ask_are_refused_by_name()
    {
        await using var world = Strict(new ClientWorld());
        world.Options = world.Options with { Protocol = RedisProtocol.Resp2 };

        var failure = await Assert.ThrowsAsync<ArgumentException>(world.ConnectAsync);
        Assert.Contains("Resp2", failure.Message, StringComparison.Ordinal);
    }

    // A6
    [Fact]
    public async Task Disabled_sends_nothing_and_RESP2_is_greeted_as_ever()
    {
        await using var disabled = await ClientWorld.ConnectedAsync(options => options with { Maintenance = new() { Mode = MaintenanceMode.Disabled } });
        Assert.DoesNotContain(disabled.A.Newest.Commands, command => command.Contains("MAINT_NOTIFICATIONS"));

        await using var resp2 = await ClientWorld.ConnectedAsync(options => options with { Protocol = RedisProtocol.Resp2 });
        Assert.Equal(["PING"], resp2.A.Newest.Commands.Select(command => command[0]));
    }

    // A8
    [Fact]
    public async Task Auto_stays_open_to_refusal_after_a_success_and_Enabled_stays_strict()
    {
        await using var auto = await ClientWorld.ConnectedAsync();
        auto.Database.OptInReply = UnknownSubcommand;
        auto.A.CloseAll();
        await ClientWorld.RestAsync();
        Assert.True(await auto.ServesAsync(auto.A));
        Assert.Equal(2, auto.A.Connections.Count);

        await using var enabled = Strict(new ClientWorld());
        await enabled.ConnectAsync();
        enabled.Database.OptInReply = UnknownSubcommand;
        enabled.A.CloseAll();
        await ClientWorld.RestAsync();
        var failure = await enabled.FailureOfAsync<RedisTimeoutException>(enabled.Client.ExecuteAsync($"INCR {"n"}").AsTask());
        Assert.Equal(CommandOutcome.NotSent, failure.Outcome);
    }

    // A10
    [Fact]
    public async Task Every_connection_after_an_end_opts_in_again()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        for (var round = 2; round < 5; round++)
        {
            world.A.Newest.Cut();
            await world.UntilAsync(() => world.A.Connections.Count == round && world.A.Newest.HasOptedIn, 1, "a new connection opts in");
        }
    }

    // A12
    [Fact]
    public void Options_nobody_set_are_valid() => new RedisClientOptions().Validate();

    // A13
    [Fact]
    public async Task The_log_says_whether_the_feature_is_live()
    {
        await using var world = await ClientWorld.ConnectedAsync();

        Assert.Contains(world.Log.Entries, entry => entry.Contains("maintenance notifications: True", StringComparison.Ordinal));
    }

    // A11, B18
    [Fact]
    public async Task A_connection_without_an_address_asks_for_none()
    {
        await using var world = new ClientWorld();
        world.Network.HidesAddresses = true;
        await world.ConnectAsync();

        Assert.Contains(world.A.Newest.Commands, command => string.Join(' ', command) == "CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none");
    }

    // Hard case 9: retained by a server for hours, its opener long gone.
    [Fact]
    public async Task A_completion_that_comes_with_the_opt_in_relaxes_nothing()
    {
        await using var world = new ClientWorld();
        world.Database.AfterOptIn = _ => Frames.Migrated(7);
        await world.ConnectAsync();

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 1, 1.1);
    }

    // Hard cases 10 and 27
    [Fact]
    public async Task An_opener_that_comes_during_the_greeting_counts()
    {
        await using var world = new ClientWorld();
        world.Database.Instead = (connection, words) => words[0] == "HELLO" ? Before(connection, Frames.Migrating(0, 60)) : null;
        await world.ConnectAsync();

        Assert.InRange((await Limits.OfNewCommandAsync(world)).TotalSeconds, 10, 10.1);
    }

    // Hard case 10
    [Fact]
    public async Task A_MOVING_that_comes_during_the_greeting_is_followed_once_the_connection_serves()
    {
        await using var world = new ClientWorld();
        world.Database.AfterOptIn = connection => connection.Place == world.A ? Frames.Moving(3, 5, world.B) : "";
        await world.ConnectAsync();
        await world.PassAsync(1);

        Assert.True(await world.ServesAsync(world.B));
        Assert.True(Assert.Single(world.A.Connections).IsClosed);
    }

    // Found here: nobody looked after a connection that ended between its greeting and its service.
    [Fact]
    public async Task A_server_that_closes_right_after_the_greeting_is_tried_again()
    {
        await using var world = await ClientWorld.ConnectedAsync();
        var closing = 3;
        world.Database.AfterOptIn = connection =>
        {
            if (closing-- > 0)
            {
                connection.Reply("+OK\r\n");
                connection.Close();
            }

            return "";
        };
        world.A.Newest.Cut();
        await world.UntilAsync(() => closing <= 0, 5, "the server has closed three connections");

        Assert.True(await world.ServesAsync(world.A));
    }

    // Found here: an empty answer of the resolver, or one of its rarer errors, ended connecting for good.
    [Fact]
    public async Task A_name_that_does_not_resolve_for_a_while_is_looked_up_again()
    {
        await using var world = new ClientWorld();
        world.Network.Name("redis.example", "10.0.0.1");
        world.Options = world.Options with { Endpoints = [new RedisEndpoint("redis.example", 6379)] };
        await world.ConnectAsync();
        world.Network.Name("redis.example");
        world.A.CloseAll();
        await world.PassAsync(0.5);
        world.Network.Name("redis.example", "10.0.0.2");

        Assert.True(await world.ServesAsync(world.B));
    }

    private static string? Before(ServerConnection connection, string push)
    {
        connection.Push(push);
        return null;
    }

    private static ClientWorld Strict(ClientWorld world)
    {
        world.Options = world.Options with { Maintenance = new() { Mode = MaintenanceMode.Enabled } };
        return world;
    }
}
