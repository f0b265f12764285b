using System.Collections.Concurrent;
using System.Globalization;
using Baton.Client.Tests.Kit;
using Xunit;

namespace Baton.Client.Tests.Simulation;

/// <summary>
/// One seed: a client in a network where places move, stall, are cut, answer slowly or not at all, while callers send numbered commands. Afterwards
/// the server's book is compared with what the callers were told.
/// </summary>
internal sealed class ClientSimulation
{
    private const int Callers = 6;
    private const int CommandsEach = 400;
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RelaxedTimeout = TimeSpan.FromSeconds(6);

    /// <summary>A limit is noticed by the heartbeat.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ClientWorld _world = new();

    /// <summary>Openers without their closers, which whoever comes late is told too.</summary>
    private readonly ConcurrentDictionary<Place, string> _open = new();
    private readonly Random _random;
    private readonly int _seed;
    private readonly bool _losesNothing;
    private int _sequence;

    /// <param name="seed">Decides everything.</param>
    /// <param name="losesNothing">Only what a planned maintenance does: no cuts, no mute places at the deadline.</param>
    public ClientSimulation(int seed, bool losesNothing)
    {
        (_seed, _losesNothing) = (seed, losesNothing);
        _random = new Random(seed);
        foreach (var place in Places)
        {
            place.RoundTrip = TimeSpan.FromMilliseconds(20);
        }

        _world.Database.AfterOptIn = connection => _open.GetValueOrDefault(connection.Place, "");
        _world.Options = _world.Options with
        {
            Seed = seed,
            CommandTimeout = CommandTimeout,
            Endpoints = [_world.A.Endpoint, _world.B.Endpoint, _world.C.Endpoint],
            Maintenance = new()
            {
                RelaxedTimeout = RelaxedTimeout,
                Tail = TimeSpan.FromSeconds(2),
                HoldLimit = TimeSpan.FromMinutes(1),
                HandoffTimeout = TimeSpan.FromSeconds(1),
            },
        };
    }

    private IReadOnlyList<Place> Places => [_world.A, _world.B, _world.C];

    /// <summary>Runs it, and checks.</summary>
    public async Task RunAsync()
    {
        try
        {
            await _world.ConnectAsync();
            Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller)))];
            for (var round = 0; round < 200 && !callers.All(static caller => caller.IsCompleted); round++)
            {
                await DisturbAsync();
                await _world.PassAsync(_random.Next(1, 400) / 1000.0);
            }

            await CalmAsync();
            await _world.UntilAsync(() => callers.All(static caller => caller.IsCompleted), 600, "every caller ends");
            await Task.WhenAll(callers);
            await _world.DisposeAsync();
            await _world.PassAsync(1);
            Check();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {_seed}, losesNothing {_losesNothing}: {e.Message}\n{string.Join('\n', _world.Log.Entries)}", e);
        }
    }

    private async Task CallAsync(int caller)
    {
        var random = new Random((_seed * Callers) + caller);
        var waiting = new List<Task>();
        for (var number = 0; number < CommandsEach; number++)
        {
            waiting.Add(OneAsync(caller, number, isRead: random.Next(4) == 0));
            if (random.Next(3) == 0)
            {
                await Task.WhenAll(waiting);
                waiting.Clear();
            }

            if (random.Next(2) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), _world.Time);
            }
        }

        await Task.WhenAll(waiting);
    }

    private async Task OneAsync(int caller, int number, bool isRead)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{caller}:{number}");
        var began = _world.Network.Now;
        Exception? error = null;
        string? reply = null;
        try
        {
            // ECHO counts as a read and may be repeated; APPENDED is unknown to the client, so it is a write, and the server replies in kind.
            reply = isRead
                ? await _world.Client.ExecuteAsync<string>($"ECHO {text}")
                : await _world.Client.ExecuteAsync<string>($"APPENDED {text}");
        }
        catch (RedisException e)
        {
            error = e;
        }

        _calls.Enqueue(new Call(caller, number, isRead, reply, error, began, _world.Network.Now));
    }

    private async Task DisturbAsync()
    {
        var place = Places[_random.Next(3)];
        var other = Places[_random.Next(3)];
        switch (_random.Next(_losesNothing ? 7 : 11))
        {
            case 0 or 1:
                place.Announce(Frames.Moving(_sequence++, _random.Next(2, 6), other));
                break;
            case 2:
                place.Announce(Frames.Moving(_sequence++, _random.Next(2, 6), (string?)null));
                break;
            case 3:
                _open[place] = Frames.Migrating(_sequence++, 2);
                place.Announce(_open[place]);
                await _world.PassAsync(0.1 + place.RoundTrip.TotalSeconds);
                place.Stall(true);
                await _world.PassAsync(_random.Next(100, 3000) / 1000.0);
                place.Stall(false);
                _open.Remove(place, out _);
                place.Announce(Frames.Migrated(_sequence++));
                break;
            case 4:
                place.RoundTrip = TimeSpan.FromMilliseconds(_random.Next(0, 200));
                break;
            case 5:
                place.Mode = place.Open.Count == 0 ? (PlaceMode)_random.Next(4) : PlaceMode.Serving;
                break;
            case 6:
                place.Mode = PlaceMode.Serving;
                break;
            case 7:
                place.Announce(Frames.Moving(_sequence++, 0, other));
                place.CloseAll();
                break;
            case 8:
                place.Stall(true);
                await _world.PassAsync(_random.Next(100, 5000) / 1000.0);
                place.Stall(false);
                break;
            case 9:
                place.CloseAll();
                break;
            default:
                foreach (var connection in place.Open)
                {
                    connection.Cut();
                }

                break;
        }
    }

    private async Task CalmAsync()
    {
        foreach (var place in Places)
        {
            place.Mode = PlaceMode.Serving;
            place.RoundTrip = TimeSpan.FromMilliseconds(20);
            place.Stall(false);
        }

        await _world.PassAsync(1);
    }

    private void Check()
    {
        var executed = _world.Database.Executed.Select(static line => line.Split(' ')).ToList();
        var writes = executed.Where(static words => words[0] == "APPENDED").Select(static words => words[1]).ToList();
        var twice = writes.GroupBy(static text => text).Where(static group => group.Count() > 1).Select(static group => group.Key);
        Assert.Empty(twice);
        Assert.Equal(Callers * CommandsEach, _calls.Count);
        foreach (var call in _calls)
        {
            call.Check(writes, CommandTimeout, RelaxedTimeout + Lateness);
            Assert.False(_losesNothing && call.Error is not null, $"{call}: {call.Error?.Message}");
        }

        CheckOrder(writes);
        Assert.Empty(_world.Network.Open);
        Assert.Equal(0, _world.Clock.Timers);
    }

    /// <summary>What one caller sent first ran first.</summary>
    private static void CheckOrder(List<string> writes)
    {
        foreach (var caller in writes.Select(static text => text.Split(':')).GroupBy(static parts => parts[0]))
        {
            var numbers = caller.Select(static parts => int.Parse(parts[1], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    /// <summary>One command, and what its caller was told.</summary>
    private sealed record Call(int Caller, int Number, bool IsRead, string? Reply, Exception? Error, TimeSpan Began, TimeSpan Ended)
    {
        public void Check(List<string> writes, TimeSpan shortest, TimeSpan longest)
        {
            var text = $"{Caller}:{Number}";
            Assert.True(Ended - Began <= longest, $"{this} took {Ended - Began}");
            switch (Error)
            {
                case null:
                    Assert.Equal(text, Reply);
                    Assert.True(IsRead || writes.Contains(text), $"{this} was answered and not run");
                    break;
                case RedisException { Outcome: CommandOutcome.NotSent }:
                    Assert.DoesNotContain(text, writes);
                    break;
                case RedisTimeoutException:
                    Assert.True(Ended - Began >= shortest, $"{this} ended early");
                    break;
                default:
                    Assert.IsType<RedisConnectionException>(Error);
                    Assert.False(IsRead && Error is RedisConnectionException { Reason: CloseReason.HandedOff }, ToString());
                    break;
            }
        }
    }
}
