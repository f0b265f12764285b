using Xunit;

namespace Baton.Client.Tests.Regions;

public sealed class RegionStateTests
{
    private static readonly RegionSettings Settings = new(FailuresUntilDead: 3, MaintenanceGraceMs: 60_000, FailbackAfterMs: 30_000);

    [Fact]
    public void The_preferred_database_is_in_use_until_so_many_probes_in_a_row_are_unanswered()
    {
        var state = RegionState.Start(2).OnAnswered(0, 0, Settings).OnAnswered(1, 0, Settings)
            .OnUnanswered(0, false, 1000, Settings).OnUnanswered(0, false, 2000, Settings);

        Assert.Equal(0, state.Active);
        Assert.Equal(1, state.OnUnanswered(0, false, 3000, Settings).Active);
    }

    [Fact]
    public void An_answer_in_between_begins_the_count_anew()
    {
        var state = RegionState.Start(2).OnAnswered(1, 0, Settings)
            .OnUnanswered(0, false, 1, Settings).OnUnanswered(0, false, 2, Settings).OnAnswered(0, 3, Settings)
            .OnUnanswered(0, false, 4, Settings).OnUnanswered(0, false, 5, Settings);

        Assert.Equal(0, state.Active);
    }

    [Fact]
    public void Silence_in_an_announced_maintenance_is_no_death_until_the_grace_is_over()
    {
        var state = RegionState.Start(2).OnAnswered(1, 0, Settings);
        for (var now = 1_000L; now < 61_000; now += 1_000)
        {
            state = state.OnUnanswered(0, true, now, Settings);
        }

        Assert.Equal(0, state.Active);
        for (var now = 61_000L; now <= 63_000; now += 1_000)
        {
            state = state.OnUnanswered(0, true, now, Settings);
        }

        Assert.Equal(1, state.Active);
    }

    [Fact]
    public void With_no_healthy_database_the_dead_one_stays_in_use()
    {
        var state = RegionState.Start(2);
        for (var probe = 0; probe < 10; probe++)
        {
            state = state.OnUnanswered(0, false, probe, Settings).OnUnanswered(1, false, probe, Settings);
        }

        Assert.Equal(0, state.Active);
        Assert.Equal(1, state.OnAnswered(1, 11, Settings).Active);
    }

    [Fact]
    public void A_preferred_database_is_returned_to_when_it_has_been_healthy_for_long_enough()
    {
        var state = RegionState.Start(2).OnAnswered(1, 0, Settings).Use(1).OnAnswered(0, 1_000, Settings);

        Assert.Equal(1, state.OnAnswered(0, 30_999, Settings).Active);
        Assert.Equal(0, state.OnAnswered(0, 31_000, Settings).Active);
    }

    [Fact]
    public void Failback_can_be_switched_off()
    {
        var never = Settings with { FailbackAfterMs = long.MaxValue };
        var state = RegionState.Start(2).OnAnswered(1, 0, never).Use(1).OnAnswered(0, 0, never).OnAnswered(0, 1_000_000_000, never);

        Assert.Equal(1, state.Active);
    }

    [Fact]
    public void Of_several_healthy_databases_the_most_preferred_takes_over()
    {
        var state = RegionState.Start(3).OnAnswered(2, 0, Settings).OnAnswered(1, 0, Settings);
        for (var probe = 0; probe < 3; probe++)
        {
            state = state.OnUnanswered(0, false, probe, Settings);
        }

        Assert.Equal(1, state.Active);
    }
}
