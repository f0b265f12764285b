using Baton.Client;

namespace Guide;

internal static class Errors
{
    public static async Task PayAsync(RedisClient redis, string order, CancellationToken cancellationToken)
    {
        try
        {
            await redis.IncrByAsync("paid", 100, cancellationToken);
        }
        catch (RedisException e) when (e.IsSafeToRepeat)
        {
            // It was not sent, or was refused for a passing reason: try again later, or put the work back.
        }
        catch (RedisException e) when (e.Outcome == CommandOutcome.MayHaveRun)
        {
            // Look before you repeat: the server may have counted it.
        }
        catch (RedisServerException e)
        {
            Console.WriteLine($"{order}: {e.Code}"); // WRONGTYPE, OOM, NOPERM ...: the connection is fine, the command is not
        }
    }

    public static async Task PayOnceAsync(RedisClient redis, string order)
    {
        // The same whether it runs once or three times: then MayHaveRun needs no thought.
        await redis.SetAsync($"paid:{order}", "yes", SetWhen.NotExists);
    }
}
