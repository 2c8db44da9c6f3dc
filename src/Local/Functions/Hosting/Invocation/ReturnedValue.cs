using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>Gets at the value behind whatever a function's method returns: nothing, a value, or a task of either.</summary>
internal static class ReturnedValue
{
    /// <summary>The type of the value behind a return type; <see cref="void"/> for none.</summary>
    public static Type TypeBehind(Type returned) => returned switch
    {
        _ when returned == typeof(Task) || returned == typeof(ValueTask) => typeof(void),
        { IsGenericType: true } when IsTask(returned.GetGenericTypeDefinition()) => returned.GetGenericArguments()[0],
        _ => returned,
    };

    /// <summary>How to read what a method of a return type gave.</summary>
    public static Func<object?, Task<object?>> Reader(Type returned)
    {
        if (returned == typeof(Task))
        {
            return static given => Nothing((Task)given!);
        }

        if (returned == typeof(ValueTask))
        {
            return static given => Nothing(((ValueTask)given!).AsTask());
        }

        if (!returned.IsGenericType || !IsTask(returned.GetGenericTypeDefinition()))
        {
            return Task.FromResult;
        }

        var reader = returned.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(OfTask) : nameof(OfValueTask);
        return typeof(ReturnedValue)
            .GetMethod(reader, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(returned.GetGenericArguments())
            .CreateDelegate<Func<object?, Task<object?>>>();
    }

    static bool IsTask(Type definition) => definition == typeof(Task<>) || definition == typeof(ValueTask<>);

    static async Task<object?> Nothing(Task task)
    {
        await task;
        return null;
    }

    static async Task<object?> OfTask<T>(object? given) => await (Task<T>)given!;

    static async Task<object?> OfValueTask<T>(object? given) => await (ValueTask<T>)given!;
}
