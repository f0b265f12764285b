using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Baton.Server.Proxy.Io;
using Baton.Server.Rest;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>There is always room for who comes; who goes for it is chosen fairly.</summary>
public sealed class ConnectionRoomTests
{
    private readonly List<string> _closed = [];

    [Fact]
    public void An_address_that_has_its_share_gives_up_its_own_idle_connection_that_was_quiet_longest()
    {
        ConnectionRoom room = new(most: 10, mostPerAddress: 3);
        Enter(room, "a1", "a");
        Enter(room, "b1", "b");
        Enter(room, "a2", "a");
        Enter(room, "a3", "a");
        room.NoteRequest("a1", +1);
        room.NoteRequest("a1", -1);

        Assert.True(Enter(room, "a4", "a"));

        Assert.Equal(["a2"], _closed);
        Assert.Equal(4, room.Count);
    }

    [Fact]
    public void A_full_room_takes_from_the_address_that_has_most()
    {
        ConnectionRoom room = new(most: 4, mostPerAddress: 3);
        Enter(room, "b1", "b");
        Enter(room, "a1", "a");
        Enter(room, "a2", "a");
        Enter(room, "a3", "a");

        Assert.True(Enter(room, "c1", "c"));

        Assert.Equal(["a1"], _closed);
    }

    [Fact]
    public void Who_has_shown_a_right_password_goes_last_and_when_it_is_being_served_never()
    {
        ConnectionRoom room = new(most: 4, mostPerAddress: 4);
        Enter(room, "known", "a");
        Enter(room, "waiting", "a");
        Enter(room, "served", "a");
        Enter(room, "stranger", "a");
        room.NoteLogin("known", isRight: true);
        room.NoteLogin("served", isRight: true);
        room.NoteRequest("waiting", +1);
        room.NoteRequest("served", +1);

        foreach (string id in (string[])["next", "last", "one"])
        {
            Assert.True(Enter(room, id, "a"));
            room.NoteLogin(id, isRight: true);
            room.NoteRequest(id, +1);
        }

        Assert.False(Enter(room, "refused", "a"));
        Assert.Equal(["stranger", "waiting", "known"], _closed);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010DB800010002")]
    public void One_host_is_one_address(string peer, string address) =>
        Assert.Equal(address, PeerAddress.Of(new IPEndPoint(IPAddress.Parse(peer), 1)));

    [Fact]
    public async Task More_idle_connections_than_there_is_room_for_do_not_shut_the_operator_out()
    {
        await using RestWorld world = await RestWorld.StartAsync();
        List<Socket> idle = [];
        for (int i = 0; i < RestLimits.MaxConnections + 20; i++)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            idle.Add(socket);
            await socket.ConnectAsync(world.Address);
        }

        RestAnswer answer = await world.GetAsync("/v1/cluster");

        Assert.Equal(200, answer.Status);
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_connection_that_guesses_on_and_on_is_told_when_to_come_again_and_closed_and_others_of_its_address_are_served()
    {
        await using RestWorld world = await RestWorld.StartAsync();
        world.SignIn(RestWorld.User, "wrong");
        for (int guess = 0; guess < RestLimits.MaxLoginFailures; guess++)
        {
            Assert.Equal(401, (await world.GetAsync("/v1/cluster")).Status);
        }

        Task<RestAnswer> asking = world.GetAsync("/v1/cluster");
        TimeSpan passed = TimeSpan.Zero;
        while (!asking.IsCompleted)
        {
            world.Clock.Advance(TimeSpan.FromMilliseconds(100));
            passed += TimeSpan.FromMilliseconds(100);
            await Task.WhenAny(asking, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        RestAnswer refused = await asking;
        Assert.True(passed >= TimeSpan.FromSeconds(1), $"it was answered after {passed}");
        Assert.Equal((429, "too_many_logins", "1"), (refused.Status, refused.Code, refused.Headers["Retry-After"]));

        world.SignIn(RestWorld.User, RestWorld.Password);
        Assert.Equal(200, (await world.GetAsync("/v1/cluster")).Status); // on a new connection
    }

    [Fact]
    public async Task Only_one_request_at_a_time_is_spoken_on_a_connection()
    {
        await using RestWorld world = await RestWorld.StartAsync();
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(world.Address);
        await using SslStream stream = new(new NetworkStream(socket), false, (_, shown, _, _) => shown is not null);

        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        });

        Assert.Equal(SslApplicationProtocol.Http11, stream.NegotiatedApplicationProtocol);
    }

    private bool Enter(ConnectionRoom room, string id, string address) => room.TryEnter(id, address, () => _closed.Add(id));
}
