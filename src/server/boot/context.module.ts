import { type Abstract, type DynamicModule, Module } from '@nestjs/common';

/** A value that exists before Nest starts, with the class by which Nest injects it. */
export type ContextValue<T extends object = object> = readonly [token: Abstract<T>, value: T];

/** Provides what exists before Nest starts. The only global module, because only the start of a process knows it. */
@Module({})
export class ContextModule {
  static of(values: readonly ContextValue[]): DynamicModule {
    return {
      module: ContextModule,
      global: true,
      providers: values.map(([provide, useValue]) => ({ provide, useValue })),
      exports: values.map(([token]) => token),
    };
  }
}
